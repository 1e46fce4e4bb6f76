//! What a customer does for a living decides when it calls, whom, and for how long.

/// One line of business. Shares are per mille.
#[derive(Debug)]
pub(crate) struct Trade {
    /// What such a business calls itself.
    pub(crate) words: &'static [&'static str],
    /// Each hour's share of the day's calls, from midnight.
    pub(crate) hours: [u32; 24],
    /// Each day's calls against a normal day, from Monday.
    pub(crate) week: [u32; 7],
    /// Fewest and most calls on a normal day.
    pub(crate) calls: (u32, u32),
    /// Share of calls that come in.
    pub(crate) inbound: u32,
    /// Share of calls made through the voice API; the rest goes over SIP trunks.
    pub(crate) voice_api: u32,
    /// Share of calls that are answered.
    pub(crate) answered: u32,
    /// Mean seconds of talk.
    pub(crate) talk: u32,
    /// Whether its calls stream audio to a machine that answers.
    pub(crate) streaming: bool,
}

const OFFICE: [u32; 24] = [0, 0, 0, 0, 0, 0, 2, 8, 30, 95, 130, 130, 110, 75, 90, 105, 100, 75, 35, 12, 3, 0, 0, 0];
const CLINIC: [u32; 24] = [0, 0, 0, 0, 0, 1, 5, 25, 80, 120, 125, 105, 70, 35, 30, 45, 85, 105, 90, 55, 20, 4, 0, 0];
const KITCHEN: [u32; 24] = [8, 2, 0, 0, 0, 0, 1, 4, 10, 20, 35, 70, 105, 95, 50, 30, 35, 60, 95, 125, 120, 80, 40, 15];
const EVENING: [u32; 24] = [0, 0, 0, 0, 0, 0, 2, 15, 40, 60, 70, 70, 55, 40, 45, 70, 110, 135, 130, 95, 45, 15, 3, 0];
const ROUND: [u32; 24] = [8, 5, 4, 4, 5, 10, 22, 38, 55, 70, 78, 78, 70, 62, 60, 62, 66, 68, 66, 58, 45, 32, 20, 14];
const DIALER: [u32; 24] = [0, 0, 0, 0, 0, 0, 0, 0, 5, 105, 130, 135, 115, 70, 105, 120, 115, 80, 20, 0, 0, 0, 0, 0];

const SIX_DAYS: [u32; 7] = [1080, 1020, 1000, 1000, 1030, 720, 90];
const FIVE_DAYS: [u32; 7] = [1060, 1020, 1000, 1010, 960, 180, 40];
const WEEKEND: [u32; 7] = [800, 820, 860, 920, 1150, 1420, 1380];
const EVERY_DAY: [u32; 7] = [1000, 980, 970, 980, 1030, 1060, 960];

/// Every trade of the world.
pub(crate) const TRADES: [Trade; 12] = [
    Trade {
        words: &[
            "Diagnostics",
            "Dental Care",
            "Eye Clinic",
            "Hospitals",
            "Physio Centre",
            "Pharmacy",
            "Path Labs",
            "Skin Clinic",
        ],
        hours: CLINIC,
        week: SIX_DAYS,
        calls: (60, 220),
        inbound: 640,
        voice_api: 250,
        answered: 780,
        talk: 140,
        streaming: false,
    },
    Trade {
        words: &[
            "Logistics",
            "Couriers",
            "Roadlines",
            "Cargo Movers",
            "Packers and Movers",
            "Cold Chain",
            "Freight",
            "Transport",
        ],
        hours: OFFICE,
        week: SIX_DAYS,
        calls: (80, 320),
        inbound: 380,
        voice_api: 420,
        answered: 690,
        talk: 95,
        streaming: false,
    },
    Trade {
        words: &["Realty", "Homes", "Developers", "Properties", "Infra", "Builders", "Estates"],
        hours: EVENING,
        week: WEEKEND,
        calls: (60, 260),
        inbound: 260,
        voice_api: 380,
        answered: 520,
        talk: 170,
        streaming: false,
    },
    Trade {
        words: &["Academy", "Coaching", "Learning", "Public School", "Tutorials", "Skill Centre", "IAS Academy"],
        hours: EVENING,
        week: SIX_DAYS,
        calls: (50, 240),
        inbound: 330,
        voice_api: 450,
        answered: 610,
        talk: 190,
        streaming: false,
    },
    Trade {
        words: &["Kitchens", "Sweets", "Foods", "Biryani House", "Caterers", "Tiffins", "Bakery"],
        hours: KITCHEN,
        week: WEEKEND,
        calls: (50, 190),
        inbound: 820,
        voice_api: 150,
        answered: 850,
        talk: 90,
        streaming: false,
    },
    Trade {
        words: &["Tours and Travels", "Holidays", "Cabs", "Yatra", "Travel Desk", "Car Rentals"],
        hours: ROUND,
        week: WEEKEND,
        calls: (60, 260),
        inbound: 540,
        voice_api: 300,
        answered: 730,
        talk: 150,
        streaming: false,
    },
    Trade {
        words: &["Finserv", "Microfinance", "Capital", "Credit Co-operative", "Insurance Brokers", "Wealth", "Loans"],
        hours: DIALER,
        week: FIVE_DAYS,
        calls: (180, 700),
        inbound: 90,
        voice_api: 680,
        answered: 470,
        talk: 80,
        streaming: false,
    },
    Trade {
        words: &["Contact Centre", "BPO Services", "Outreach", "Customer Care", "Teleservices"],
        hours: DIALER,
        week: SIX_DAYS,
        calls: (250, 900),
        inbound: 180,
        voice_api: 350,
        answered: 430,
        talk: 105,
        streaming: false,
    },
    Trade {
        words: &["Voice AI", "Bots", "Conversations", "Assist Labs"],
        hours: ROUND,
        week: EVERY_DAY,
        calls: (140, 520),
        inbound: 350,
        voice_api: 970,
        answered: 640,
        talk: 85,
        streaming: true,
    },
    Trade {
        words: &["Textiles", "Silks", "Jewellers", "Electronics", "Furniture Mart", "Motors", "Agro", "Hardware"],
        hours: OFFICE,
        week: SIX_DAYS,
        calls: (40, 180),
        inbound: 520,
        voice_api: 180,
        answered: 740,
        talk: 120,
        streaming: false,
    },
    Trade {
        words: &["Hotels", "Residency", "Resorts", "Banquets", "Guest House"],
        hours: ROUND,
        week: WEEKEND,
        calls: (40, 170),
        inbound: 690,
        voice_api: 120,
        answered: 820,
        talk: 130,
        streaming: false,
    },
    Trade {
        words: &["Bazaar Online", "Mart", "Retail", "Grocers", "Quick Commerce", "Fashions", "Gifts"],
        hours: ROUND,
        week: EVERY_DAY,
        calls: (70, 300),
        inbound: 420,
        voice_api: 620,
        answered: 660,
        talk: 75,
        streaming: false,
    },
];

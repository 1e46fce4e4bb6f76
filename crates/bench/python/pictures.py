"""Draws the pictures of docs/forecast.md.

Usage: pictures.py WORLD RINGS OUT, where WORLD is a folder of a world, RINGS what `vobiz-bench fans` printed over it, and OUT the
folder of the pictures.
"""

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib import dates

BLUE, ORANGE = "#1f5fa8", "#d9730d"
ZONE = "Asia/Kolkata"
PAPER = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 3}


def figure(title: str) -> tuple[plt.Figure, plt.Axes]:
    """A picture of 1280 × 720, to be read on a phone."""
    plt.rcParams.update({"font.size": 22, "font.family": "DejaVu Sans"})
    fig, ax = plt.subplots(figsize=(12.8, 7.2), dpi=100)
    fig.subplots_adjust(left=0.11, right=0.96, top=0.86, bottom=0.14)
    ax.set_title(title, loc="left", fontsize=26, pad=18)
    ax.grid(axis="y", color="#dddddd", linewidth=1)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.tick_params(length=0)
    return fig, ax


def wallet(world: Path, auth_id: str) -> pd.Series:
    """What the wallet read at each poll, on local clocks."""
    polls = pd.to_datetime(pd.read_csv(world / "polls.csv")["at"], format="ISO8601").dt.tz_convert(ZONE)
    samples = pd.read_csv(world / "samples.csv.gz")
    samples = samples[(samples["auth_id"] == auth_id) & samples["balance"].notna()]
    at = pd.to_datetime(samples["at"], format="ISO8601").dt.tz_convert(ZONE)
    series = pd.Series(samples["balance"].to_numpy(), index=at)
    return series.reindex(polls, method="ffill")


def forecasts(world: Path, rings: pd.DataFrame) -> pd.DataFrame:
    """Each first ring whose wallet then ran out without a payment, with the hours that it took."""
    truth = pd.read_csv(world / "truth.csv")
    empty, drains = (pd.to_datetime(truth[name], format="ISO8601") for name in ("empty_at", "drain_start"))
    rows = []
    for ring in rings[rings["change"] == "Fire"].itertuples():
        later = truth[(truth["auth_id"] == ring.auth_id) & (empty > ring.at) & (truth["kind"] == "foreseeable")]
        if len(later) and drains[later.index[0]] <= ring.at:
            hours = (empty[later.index[0]] - ring.at).total_seconds() / 3600
            rows.append({**ring._asdict(), "took": hours})
    return pd.DataFrame(rows)


def draw_fan(world: Path, rings: pd.DataFrame, out: Path) -> None:
    """One wallet: what it read, the forecast when the alert fired, and what came."""
    rings = rings[(rings["took"] > 8) & (rings["took"] < 30) & (rings["low"] > 2) & (rings["high"] < 48)]
    ring = rings.iloc[(rings["took"] - rings["likely"]).abs().argsort().iloc[len(rings) // 3]]
    at = ring["at"].tz_convert(ZONE)
    series = wallet(world, ring["auth_id"])
    before = series[(series.index > at - pd.Timedelta(hours=40)) & (series.index <= at)]
    after = series[(series.index >= at) & (series.index <= at + pd.Timedelta(hours=ring["took"] + 1))]
    hours = {name: at + pd.Timedelta(hours=ring[name]) for name in ("low", "likely", "high")}
    fig, ax = figure(f"Notified {ring['took']:.0f} hours before it was empty")
    ax.fill([at, hours["low"], hours["high"]], [ring["balance"], 0, 0], color=ORANGE, alpha=0.22, linewidth=0)
    ax.plot([at, hours["likely"]], [ring["balance"], 0], color=ORANGE, linestyle=(0, (2, 2)), linewidth=3)
    ax.plot(before.index, before, color=BLUE, linewidth=4)
    ax.plot(after.index, after, color=BLUE, linewidth=2)
    ax.plot([at], [ring["balance"]], "o", color=ORANGE, markersize=14)
    top = before.max()
    ax.annotate(
        "the alert fires",
        (at, ring["balance"]),
        (at + pd.Timedelta(hours=1), ring["balance"] + top * 0.1),
        color=ORANGE,
    )
    end = hours["high"] + pd.Timedelta(hours=3)
    ax.annotate("empty then in\neight cases of ten", (end, top * 0.34), color=ORANGE, ha="right")
    ax.annotate("the wallet", (before.idxmax(), top), xytext=(14, 12), textcoords="offset points", color=BLUE)
    ax.set_ylim(0, top * 1.15)
    ax.yaxis.set_major_formatter(lambda value, _: f"₹{value:,.0f}")
    ax.xaxis.set_major_locator(dates.HourLocator(byhour=[0, 12], tz=before.index.tz))
    ax.xaxis.set_major_formatter(dates.DateFormatter("%a\n%H:%M", tz=before.index.tz))
    fig.savefig(out / "forecast-fan.png")


def draw_range(rings: pd.DataFrame, out: Path) -> None:
    """Every forecast against what came: how often the range held."""
    inside = ((rings["took"] >= rings["low"]) & (rings["took"] <= rings["high"])).mean()
    fig, ax = figure(f"The range held in {inside * 100:.0f} of 100 alerts; eighty are meant to")
    rings = rings.sort_values("likely").reset_index(drop=True)
    place = np.arange(len(rings))
    ax.vlines(place, rings["low"], rings["high"], color=ORANGE, alpha=0.35, linewidth=max(1.5, 900 / max(len(rings), 1)))
    ax.plot(place, rings["took"], "o", color=BLUE, markersize=5)
    ax.annotate(
        "range forecast",
        (place[len(place) // 3], rings["high"].iloc[len(place) // 3]),
        xytext=(-90, 150),
        textcoords="offset points",
        color=ORANGE,
        bbox=PAPER,
    )
    ax.annotate(
        "what it took",
        (place[len(place) * 2 // 3], rings["took"].iloc[len(place) * 2 // 3]),
        xytext=(60, -40),
        textcoords="offset points",
        color=BLUE,
        bbox=PAPER,
    )
    ax.set_ylim(0, min(rings["high"].quantile(0.97) * 1.1, 96))
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0f} h")
    ax.set_xticks([])
    ax.set_xlabel(f"{len(rings)} alerts of wallets that ran out, by the hours forecast")
    fig.savefig(out / "forecast-range.png")


def main() -> None:
    """Draws all of them."""
    world, rings, out = map(Path, sys.argv[1:])
    frame = pd.read_csv(rings)
    frame["at"] = pd.to_datetime(frame["at"], format="ISO8601")
    rings = forecasts(world, frame)
    draw_fan(world, rings, out)
    draw_range(rings, out)


if __name__ == "__main__":
    main()

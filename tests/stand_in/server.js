// The stand-in on a free port, which is printed first; it ends with its standard input.
"use strict";

const net = require("net");
const TelegramServer = require("telegram-test-api");

const free = net.createServer().listen(0, "127.0.0.1", () => {
    const { port } = free.address();
    free.close(async () => {
        await new TelegramServer({ port, host: "127.0.0.1", storeTimeout: 600 }).start();
        console.log(`http://127.0.0.1:${port}`);
    });
});

process.stdin.on("end", () => process.exit(0)).resume();

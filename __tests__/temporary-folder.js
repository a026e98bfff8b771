const { mkdirSync } = require("node:fs");

module.exports = () => {
  mkdirSync(process.env.TMPDIR, { recursive: true });
};

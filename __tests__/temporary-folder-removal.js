const { rmSync } = require("node:fs");

module.exports = () => {
  rmSync(process.env.PLIMSOLL_TEST_TMPDIR, { recursive: true, force: true });
};

#!/bin/sh
# Makes segments.vsix: `code --install-extension segments.vsix` installs it.
set -eu
cd "$(dirname "$0")"
cp ../../LICENSE-MIT ../../LICENSE-APACHE .
npm install --no-audit --no-fund
npm run build
npm run package

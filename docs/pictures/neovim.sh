#!/bin/sh
# Draws docs/pictures/neovim.svg: a real Neovim with `cargo segments lsp`, in a real terminal. Needs nvim, tmux and cargo-segments on the path.
set -eu
export LANG=C.UTF-8
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'tmux -L picture kill-server 2>/dev/null || true; rm -rf "$folder"' EXIT
cat > "$folder/segments.toml" <<'FILE'
[contexts.user.attributes]
email = "string"
plan = { type = "string", one_of = ["free", "pro"] }
created = "date"

[segments.staff]
description = "People who work here"
rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]

[segments.paying]
description = "Paying, and none of us"
rules = [
  { clauses = [
    { attribute = "plan", op = "equals", values = ["pro"] },
    { attribute = "emial", op = "matches", values = ['(?=x)y'] },
    { op = "segmentMatch", values = ["stuff"], negate = true },
  ] },
]
FILE
# What is wrong is there before the picture is taken.
cat > "$folder/show.lua" <<'LUA'
vim.wait(20000, function() return #vim.diagnostic.get(0) >= 3 end, 50)
LUA
tmux -L picture -f /dev/null new-session -d -x 118 -y 24 \
  "cd $folder && nvim --clean -n -c 'set number signcolumn=yes laststatus=0 noruler noshowcmd shortmess+=I' -c 'luafile $root/editors/neovim/segments.lua' -c 'edit segments.toml' -c 'luafile show.lua' -c 'normal! 14G'"
sleep 6
tmux -L picture capture-pane -e -p > "$folder/screen"
cd "$root"
cargo run -q -p segments-tests --example pictures -- terminal docs/pictures/neovim.svg < "$folder/screen"

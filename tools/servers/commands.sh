#!/usr/bin/env bash
# Commands that tests call, no servers: tmux for tests on a real terminal, promtool for texts of
# metrics, Chromium for the page of the dashboard. `commands.sh install` only.
. "$(dirname "$0")/lib.sh"
[ "${1:-}" = install ] || { echo "usage: $0 install" >&2; exit 2; }
mkdir -p "$SERVERS"
command -v tmux >/dev/null || apt_install tmux
command -v promtool >/dev/null || apt_install prometheus
command -v chromium >/dev/null || apt_install chromium

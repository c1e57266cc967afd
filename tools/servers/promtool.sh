#!/usr/bin/env bash
# promtool, the checker of metrics of Prometheus. Not a server: the script installs the tool and starts nothing.
. "$(dirname "$0")/lib.sh"
is_installed() { command -v promtool >/dev/null; }
install() { apt_install prometheus; }
[ "${1:-}" = install ] || { echo "usage: $0 install" >&2; exit 2; }
main install

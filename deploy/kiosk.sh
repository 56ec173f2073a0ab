#!/bin/sh
# Usage: deploy/kiosk.sh [ADDRESS [FLAG...]]
#
# Shows the kiosk on the whole screen, in a Chromium with a profile that is thrown away as soon as it ends: nothing that
# a browser keeps outlives it. Prints go to the default printer without a window in between. Ends with Chromium; let the
# session of the machine start it again. FLAGs are given on to Chromium; CHROME names another browser.
set -eu

address=${1:-http://localhost:8080/nl/?kiosk}
[ $# -gt 0 ] && shift

browser=${CHROME:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
[ -n "$browser" ] || { echo "kiosk.sh: found no Chromium or Chrome; allowed: install it, or CHROME=/path/to/it" >&2; exit 1; }

profile=$(mktemp -d "${TMPDIR:-/tmp}/kiosk.XXXXXX")
running=
throw_away() {
    if [ -n "$running" ]; then
        kill "$running" 2>/dev/null || true
        wait "$running" 2>/dev/null || true
    fi
    # Parts of the browser may still be ending, and write once more.
    tries=0
    while [ "$tries" -lt 50 ] && { rm -rf "$profile" 2>/dev/null; sleep 0.3; [ -e "$profile" ]; }; do
        tries=$((tries + 1))
    done
}
trap throw_away EXIT
trap 'exit 143' HUP INT TERM

TMPDIR=$profile "$browser" --incognito --kiosk --kiosk-printing --user-data-dir="$profile" --no-first-run --no-default-browser-check --noerrdialogs \
    --disable-background-networking --disable-sync --disable-session-crashed-bubble --disable-pinch \
    --disable-features=Translate --overscroll-history-navigation=0 "$@" "$address" &
running=$!
wait "$running"

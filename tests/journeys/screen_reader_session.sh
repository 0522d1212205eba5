#!/usr/bin/env bash
# The program and a screen reader on an accessibility bus of their own; see test_screen_reader.py for the arguments.
set -eu
screen=$1 home=$2 address=$3 python=$4 reader_python=$5 reader=$6
export DISPLAY=$screen ANTIPHON_HOME=$home QT_QPA_PLATFORM=xcb QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1
for launcher in /usr/libexec/at-spi-bus-launcher /usr/lib/at-spi2-core/at-spi-bus-launcher; do
    [ -x "$launcher" ] && break
done
"$launcher" --launch-immediately >&2 &
bus=$!
sleep 1
"$python" -m antiphon >&2 &
program=$!
trap 'kill "$program" "$bus" 2>/dev/null || true' EXIT
window=$(timeout 30 xdotool search --sync --onlyvisible --name Antiphon | head -1)
xdotool windowfocus --sync "$window" key --delay 40 ctrl+t
xdotool type --delay 15 "$address/lines"
xdotool key Return
"$reader_python" "$reader" "line 1 of"

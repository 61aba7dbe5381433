#!/bin/sh
# The exhibition wall on demonstration data, alive: base, worker, simulated venues, wall. Ctrl-C ends all of them.
# PORT chooses another port. The hall is open round the clock here; a real one follows config.toml.
set -eu
python=$1
port=${PORT:-8502}
venues=$((port + 10))
address="http://127.0.0.1:$port/kiosk/"

. "$(dirname "$0")/demonstration.sh"

free "$port" "PORT=8600 make wall"
free "$venues" "PORT=8600 make wall"
prepared
if [ "$state" = real ]; then
	echo "这是存有真实数据的库，不做演示。请用 manage.py wall 启动大屏。" >&2
	exit 1
fi
simulated "$venues"
"$python" manage.py worker &
worker=$!
"$python" manage.py wall --port "$port" &
wall=$!
trap 'kill $wall $worker $simulator 2>/dev/null || true; wait' EXIT
trap 'exit 0' INT TERM # how a person or systemd ends it: no failure

"$python" - "$address" <<'PY' || { echo "大屏没有启动，原因见上。" >&2; exit 1; }
import json, sys, time, urllib.error, urllib.request

for _ in range(240):
    try:
        with urllib.request.urlopen(sys.argv[1] + "healthz", timeout=2) as answer:
            if json.load(answer).get("order"):
                sys.exit(0)
    except (urllib.error.URLError, OSError, ValueError):
        pass
    time.sleep(0.5)
sys.exit(1)
PY
echo
echo "展厅大屏已启动：$address"
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && command -v xdg-open >/dev/null; then
	xdg-open "$address" >/dev/null 2>&1 || true
else
	echo "请用浏览器打开，按 F11 全屏。"
fi
echo "按 Ctrl-C 停止。"
wait $wall

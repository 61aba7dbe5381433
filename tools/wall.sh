#!/bin/sh
# The exhibition wall on demonstration data, alive: base, worker, simulated venues, wall. Ctrl-C ends all of them.
# PORT chooses another port. The hall is open round the clock here; a real one follows config.toml.
set -eu
python=$1
port=${PORT:-8502}
venues=$((port + 10))
address="http://127.0.0.1:$port/kiosk/"

for taken in "$port" "$venues"; do
	if "$python" -c 'import socket, sys; sys.exit(socket.socket().connect_ex(("127.0.0.1", int(sys.argv[1]))))' "$taken"; then
		echo "端口 $taken 已被占用（可能已经启动过）。请先停止它，或换一个端口：PORT=8600 make wall" >&2
		exit 1
	fi
done
"$python" manage.py init
case $("$python" manage.py status --json | "$python" -c '
import json, sys
status = json.load(sys.stdin)
print(status["demo_state"] or status["kind"])') in
empty | building)
	echo "正在生成演示数据（约一分钟）……"
	"$python" manage.py demo
	;;
real)
	echo "这是存有真实数据的库，不做演示。请用 manage.py wall 启动大屏。" >&2
	exit 1
	;;
esac

SPORTS_SMART_VENUE_TOKEN=$("$python" -c 'import secrets; print(secrets.token_hex(16))')
SPORTS_SMART_VENUE_URL="http://127.0.0.1:$venues/api/readings"
SPORTS_SMART_VENUE_LIVE_URL="http://127.0.0.1:$venues/api/live"
SPORTS_SOURCES_ENABLED="smart_venue_reading,smart_venue_live"
SPORTS_WALL_OPENING="周一-周日 00:00-24:00,节假日 00:00-24:00"
export SPORTS_SMART_VENUE_TOKEN SPORTS_SMART_VENUE_URL SPORTS_SMART_VENUE_LIVE_URL SPORTS_SOURCES_ENABLED SPORTS_WALL_OPENING

"$python" manage.py simulate venues --port "$venues" &
simulator=$!
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

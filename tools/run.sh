#!/bin/sh
# Starts the product on this machine: base, demonstration data on an empty base, worker, web;
# for a demonstration the simulated smart-venue platform too, so that its halls are alive.
# Ctrl-C ends all processes. PORT and SIMULATOR_PORT choose other ports.
set -eu
python=$1
port=${PORT:-8501}
address="http://127.0.0.1:$port"

if "$python" -c 'import socket, sys; sys.exit(socket.socket().connect_ex(("127.0.0.1", int(sys.argv[1]))))' "$port"; then
	echo "端口 $port 已被占用（可能已经启动过）。请先停止它，或换一个端口：PORT=8600 make run" >&2
	exit 1
fi
"$python" manage.py init
state=$("$python" manage.py status --json | "$python" -c '
import json, sys
status = json.load(sys.stdin)
installed = status["kind"] == "empty" and status["tables"].get("admin_account")
print("real" if installed else status["demo_state"] or status["kind"])')
case $state in
empty | building) # a demonstration that was interrupted goes on where it stopped
	echo "正在生成演示数据（约一分钟）……"
	"$python" manage.py demo
	;;
esac

simulator=
if [ "$state" != real ]; then
	venues="http://127.0.0.1:${SIMULATOR_PORT:-8512}"
	SPORTS_SMART_VENUE_TOKEN=$("$python" -c 'import secrets; print(secrets.token_urlsafe(24))')
	SPORTS_SMART_VENUE_URL="$venues/api/readings"
	SPORTS_SMART_VENUE_LIVE_URL="$venues/api/live"
	SPORTS_SOURCES_ENABLED=${SPORTS_SOURCES_ENABLED:-smart_venue_reading,smart_venue_live}
	# The wall is part of the product here, and open round the clock; a real hall follows config.toml.
	SPORTS_WALL_GUIDE_ADDRESS=$address
	SPORTS_WALL_OPENING="周一-周日 00:00-24:00,节假日 00:00-24:00"
	export SPORTS_SMART_VENUE_TOKEN SPORTS_SMART_VENUE_URL SPORTS_SMART_VENUE_LIVE_URL SPORTS_SOURCES_ENABLED
	export SPORTS_WALL_GUIDE_ADDRESS SPORTS_WALL_OPENING
	"$python" manage.py simulate venues --port "${SIMULATOR_PORT:-8512}" &
	simulator=$!
fi
"$python" manage.py worker &
worker=$!
"$python" manage.py serve --port "$port" &
web=$!
trap 'kill $web $worker $simulator 2>/dev/null || true; wait' EXIT
trap 'exit 0' INT TERM # how a person or systemd ends it: no failure

"$python" - "$address" <<'PY' || { echo "网页服务没有启动，原因见上。" >&2; exit 1; }
import sys, time, urllib.error, urllib.request

for _ in range(120):
    try:
        urllib.request.urlopen(sys.argv[1] + "/health", timeout=2)
        sys.exit(0)
    except (urllib.error.URLError, OSError):
        time.sleep(0.5)
sys.exit(1)
PY
echo
echo "重庆体育大数据中心已启动，请用浏览器打开：$address"
echo "展厅大屏：$address/kiosk/"
"$python" -m demo.accounts
echo "按 Ctrl-C 停止。"
wait $web

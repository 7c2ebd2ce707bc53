#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# Starts one real server of Git on loopback and stays until it is killed. Standard output is closed
# once the server's files are written; the tests then wait until the port takes connections.
#
#   git_servers.sh daemon DIR PORT    git daemon: exports DIR/repositories
#   git_servers.sh sshd DIR PORT      sshd for the user who runs this, with DIR/client_key
#   git_servers.sh https DIR PORT     nginx, fcgiwrap and git-http-backend; user "reader", DIR/token
#   git_servers.sh proxy DIR PORT     tinyproxy, which alone knows where "git.test" is: here; user
#                                     "user", password "s3cret-word"; it logs into DIR/proxy.log
#
# DIR is the test's own. What is missing on this host is named on standard error, with code 77.
set -euo pipefail

kind=$1 dir=$2 port=$3

missing() {
  echo "missing: $1 (apt-get install $2)" >&2
  exit 77
}

serve_daemon() {
  exec git daemon --verbose --reuseaddr --listen=127.0.0.1 --port="$port" --base-path="$dir/repositories" \
    --export-all --enable=upload-pack
}

serve_sshd() {
  local sshd=/usr/sbin/sshd
  [[ -x $sshd ]] || missing sshd openssh-server
  [[ -f $dir/host_key ]] || ssh-keygen -q -t ed25519 -N '' -f "$dir/host_key"
  [[ -f $dir/client_key ]] || ssh-keygen -q -t ed25519 -N '' -f "$dir/client_key"
  cp "$dir/client_key.pub" "$dir/authorized_keys"
  printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d' ' -f1,2 "$dir/host_key.pub")" >"$dir/known_hosts"
  cat >"$dir/sshd_config" <<CONFIG
Port $port
ListenAddress 127.0.0.1
HostKey $dir/host_key
PidFile none
AuthorizedKeysFile $dir/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
CONFIG
  [[ $EUID -ne 0 ]] || mkdir -p /run/sshd # where sshd, as root, confines what it does not trust
  exec "$sshd" -D -e -f "$dir/sshd_config"
}

serve_https() {
  local nginx=/usr/sbin/nginx fcgiwrap=/usr/sbin/fcgiwrap backend=/usr/lib/git-core/git-http-backend
  [[ -x $nginx ]] || missing nginx nginx
  [[ -x $fcgiwrap ]] || missing fcgiwrap fcgiwrap
  [[ -x $backend ]] || missing git-http-backend git
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost,DNS:git.test,IP:127.0.0.1 \
    -keyout "$dir/server.key" -out "$dir/server.pem" 2>/dev/null
  printf 'reader:%s\n' "$(openssl passwd -apr1 "$(cat "$dir/token")")" >"$dir/users"
  cat >"$dir/nginx.conf" <<CONFIG
daemon off;
master_process off;
pid $dir/nginx.pid;
error_log $dir/nginx.log;
events {}
http {
  access_log off;
  client_body_temp_path $dir/body;
  proxy_temp_path $dir/proxy;
  fastcgi_temp_path $dir/fastcgi;
  uwsgi_temp_path $dir/uwsgi;
  scgi_temp_path $dir/scgi;
  server {
    listen 127.0.0.1:$port ssl;
    ssl_certificate $dir/server.pem;
    ssl_certificate_key $dir/server.key;
    location /moved/ { return 302 https://127.0.0.1:$port/elsewhere.git/; }
    location / {
      auth_basic git;
      auth_basic_user_file $dir/users;
      fastcgi_pass unix:$dir/cgi.socket;
      fastcgi_param SCRIPT_FILENAME $backend;
      fastcgi_param GIT_PROJECT_ROOT $dir/repositories;
      fastcgi_param GIT_HTTP_EXPORT_ALL "";
      fastcgi_param GIT_CONFIG_COUNT 1;
      fastcgi_param GIT_CONFIG_KEY_0 safe.directory;
      fastcgi_param GIT_CONFIG_VALUE_0 *;
      fastcgi_param GIT_PROTOCOL \$http_git_protocol;
      fastcgi_param PATH_INFO \$uri;
      fastcgi_param QUERY_STRING \$query_string;
      fastcgi_param REQUEST_METHOD \$request_method;
      fastcgi_param CONTENT_TYPE \$content_type;
      fastcgi_param CONTENT_LENGTH \$content_length;
    }
  }
}
CONFIG
  rm -f "$dir/cgi.socket"
  "$fcgiwrap" -s "unix:$dir/cgi.socket" </dev/null >/dev/null 2>>"$dir/nginx.log" &
  until [[ -S $dir/cgi.socket ]]; do kill -0 $! || exit 1; done
  exec "$nginx" -c "$dir/nginx.conf" -e "$dir/nginx.log"
}

serve_proxy() {
  local library
  command -v tinyproxy >/dev/null || missing tinyproxy tinyproxy
  library=$(find /usr/lib -name libnss_wrapper.so -print -quit)
  [[ -n $library ]] || missing libnss_wrapper.so libnss-wrapper
  echo "127.0.0.1 git.test" >"$dir/hosts"
  printf '%s\n' "Port $port" "Listen 127.0.0.1" "Allow 127.0.0.1" "LogFile \"$dir/proxy.log\"" \
    "LogLevel Connect" "BasicAuth user s3cret-word" "Timeout 30" "MaxClients 10" >"$dir/proxy.conf"
  NSS_WRAPPER_HOSTS=$dir/hosts LD_PRELOAD=$library exec tinyproxy -d -c "$dir/proxy.conf"
}

case $kind in
  daemon | sshd | https | proxy) "serve_$kind" ;;
  *) echo "unknown kind of server: $kind" >&2; exit 64 ;;
esac

#!/bin/sh
# Makes the certificates of the TLS tests in the folder $1: a CA, and servers that it does or does not
# vouch for. They live for ten years, the expired one ended in 2001.
set -eu
cd "$1"
new_key() {
  if [ "$1" = rsa ]; then
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1.key" 2>/dev/null
    return
  fi
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null
}

# sign NAME SUBJECT-ALT-NAME [-startdate … -enddate …]
sign() {
  name=$1 alt=$2
  shift 2
  new_key "$name"
  printf 'subjectAltName=%s\n' "$alt" >"$name.ext"
  openssl req -new -key "$name.key" -subj "/CN=$name" -out "$name.csr"
  openssl ca -batch -notext -cert ca.pem -keyfile ca.key -md sha256 -outdir . \
    -config ca.cnf -in "$name.csr" -extfile "$name.ext" -out "$name.pem" "$@"
}

cat >ca.cnf <<'CNF'
[ca]
default_ca = ours
[ours]
database = ca.index
serial = ca.serial
policy = any
default_days = 3650
[any]
commonName = supplied
CNF
: >ca.index
echo 01 >ca.serial
new_key ca
openssl req -x509 -new -key ca.key -subj "/CN=Test CA" -days 3650 -out ca.pem
sign good "IP:127.0.0.1,DNS:localhost"
sign named "DNS:iam.test"
new_key nosan
openssl req -new -key nosan.key -subj "/CN=localhost" -out nosan.csr
openssl ca -batch -notext -cert ca.pem -keyfile ca.key -md sha256 -outdir . \
  -config ca.cnf -in nosan.csr -out nosan.pem
sign rsa "IP:127.0.0.1"
sign other "DNS:elsewhere.example"
sign expired "IP:127.0.0.1" -startdate 20000101000000Z -enddate 20010101000000Z
new_key selfsigned
openssl req -x509 -new -key selfsigned.key -subj "/CN=localhost" -days 3650 \
  -addext "subjectAltName=IP:127.0.0.1" -out selfsigned.pem
new_key stranger
openssl req -x509 -new -key stranger.key -subj "/CN=Another CA" -days 3650 -out stranger.pem

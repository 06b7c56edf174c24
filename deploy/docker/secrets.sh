#!/bin/sh
# Makes the secrets that docker-compose.yml mounts, once; existing files are kept.
# The folder is closed to others; the files are readable so that the image's own user can read them through the mount.
set -eu
folder=$(cd "$(dirname "$0")" && pwd)/secrets
umask 077
mkdir -p "$folder"
for name in postgres-password role-password reference-hmac.key kek-1.key; do
    if [ ! -s "$folder/$name" ]; then
        od -An -N32 -tx1 /dev/urandom | tr -d ' \n' > "$folder/$name"
        echo "made $name" >&2
    fi
    chmod 644 "$folder/$name"
done

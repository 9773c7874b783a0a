#!/bin/sh
# Runs once, when the volume is new: an owner and a database for outbound beside Temporal's own.
set -eu
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --set=password="$POSTGRES_PASSWORD" <<'SQL'
create role temporal login createdb password :'password';
create role outbound login password :'password';
create database outbound owner outbound;
SQL

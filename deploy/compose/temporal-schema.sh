#!/bin/sh
# Creates Temporal's databases and brings them to the schema of this image; a no-op when they have it.
set -eu
schema() {
  temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" -p 5432 -u "$POSTGRES_USER" --db "$1" \
    create --defaultdb postgres
  temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" -p 5432 -u "$POSTGRES_USER" --db "$1" \
    setup-schema -v 0.0
  temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" -p 5432 -u "$POSTGRES_USER" --db "$1" \
    update-schema --schema-name "$2"
}
schema temporal postgresql/v12/temporal
schema temporal_visibility postgresql/v12/visibility

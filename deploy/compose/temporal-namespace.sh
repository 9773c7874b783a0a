#!/bin/sh
# Makes the namespace and the search attributes of outbound's workflows; a no-op when they are there.
set -eu
attempts=0
until temporal operator cluster health >/dev/null 2>&1; do
  attempts=$((attempts + 1))
  [ "$attempts" -lt 30 ] || { echo "Temporal gave no answer" >&2; exit 1; }
  sleep 2
done
temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 7d
# A new namespace takes the servers up to some seconds to know.
attempts=0
until temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" \
  --name OutboundOrganization --type Keyword \
  --name OutboundState --type Keyword \
  --name OutboundConnections --type KeywordList \
  --name OutboundFailing --type KeywordList; do
  attempts=$((attempts + 1))
  [ "$attempts" -lt 15 ] || exit 1
  sleep 2
done

/*
 * openmetrics.h - the text format of OpenMetrics 1.0, a family at a time.
 *
 * A family is begun, then its samples follow; openmetrics_end() ends the page.
 * Each sample gets the sensor's name as a label, if there is one. Only types
 * that Prometheus' older text format has, too, are written, and no time
 * stamps, so that what reads that format (node_exporter) reads this.
 */
#ifndef SINK_OPENMETRICS_H
#define SINK_OPENMETRICS_H

#include "base/buf.h"
#include "base/nstime.h"

struct openmetrics {
	struct buf *out;
	const char *sensor;		/* or NULL */
	const char *family;
};

struct openmetrics_label { const char *name, *value; };	/* a value that is NULL ends a list; names and values are ours */

/* unit: NULL, or what the name ends in (OpenMetrics, Unit: "bytes", "seconds"). type: "counter" "gauge" "histogram". */
void openmetrics_family(struct openmetrics *, const char *name, const char *type, const char *unit, const char *help);
/* suffix: "_total" of a counter, "_bucket", "_count", "_sum" of a histogram, "" of a gauge. */
void openmetrics_number(struct openmetrics *, const char *suffix, const struct openmetrics_label *, uint64_t value);
void openmetrics_seconds(struct openmetrics *, const char *suffix, const struct openmetrics_label *, nstime value);
void openmetrics_end(struct openmetrics *);

#endif

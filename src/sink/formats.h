/*
 * formats.h - the open functions behind the names of sinks.c. Nobody else
 * includes this.
 */
#ifndef FORMATS_H
#define FORMATS_H

#include "sinks.h"

typedef int sink_open(const struct output *, const struct output_options *, const struct fold *, struct sink *sink_r);

sink_open text_open, lines_open, log_open;
sink_open json_open, events_open, eml_open, parts_open, mbox_open, fields_open, csv_open, stats_open, metrics_open;

#endif

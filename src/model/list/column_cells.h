/*
 * column_cells.h - what columns show and are sorted by: the functions behind
 * the table of column.c. Nobody else includes this.
 *
 *	column_facts.c	numbers, times, waits
 *	column_people.c	who: addresses, sender and recipients
 *	column_fates.c	what came of it
 *	column_fields.c	any field of the filter
 */
#ifndef COLUMN_CELLS_H
#define COLUMN_CELLS_H

#include "column.h"

typedef const struct column column;
typedef const struct entry entry;
typedef const struct column_style style;

typedef void show_function(column *, entry *, style *, struct buf *out);
typedef bool rank_function(column *, entry *, int64_t *number_r);

show_function show_attachments, show_auth, show_client, show_close, show_date, show_duration, show_field,
    show_findings, show_from, show_helo, show_messages, show_number, show_port, show_queue, show_reason,
    show_result, show_route, show_server, show_severity, show_size, show_subject, show_time, show_tls,
    show_to, show_wait;
rank_function rank_attachments, rank_client, rank_duration, rank_field, rank_messages, rank_number, rank_port,
    rank_result, rank_server, rank_severity, rank_size, rank_time, rank_wait;

static inline bool
rank_put(int64_t *number_r, uint64_t n)
{
	*number_r = n > INT64_MAX ? INT64_MAX : (int64_t)n;
	return true;
}

static inline bool
rank_put_time(int64_t *number_r, nstime t)
{
	*number_r = t;
	return t != NSTIME_NONE;
}

#endif

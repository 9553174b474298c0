/*
 * attempt_rows.h - what is told of connections that never spoke SMTP, as rows
 * of a transcript: there are no events of them, only a record.
 */
#ifndef ATTEMPT_ROWS_H
#define ATTEMPT_ROWS_H

#include "base/buf.h"
#include "record/row.h"

struct attempt_rows;

struct attempt_rows *attempt_rows_new(const struct rec_attempt *);
void attempt_rows_free(struct attempt_rows **);
size_t attempt_rows_count(const struct attempt_rows *);
struct row attempt_rows_at(const struct attempt_rows *, size_t index);

#endif

/*
 * pickle_table.h - the members of every struct of events and records: the one
 * place that knows them all. A test sees to it that none is forgotten.
 */
#ifndef PICKLE_TABLE_H
#define PICKLE_TABLE_H

#include "dissect/event.h"
#include "record/record.h"
#include "shape.h"

extern const struct shape shape_where, shape_session, shape_message, shape_attempt, shape_lone_finding;
extern const struct shape *const shape_of_event[EV_KINDS];	/* of its member of the union */

/* All of them, for tests. */
extern const struct shape *const shapes_all[];
extern const size_t nshapes_all;

#endif

/*
 * json_cut.h - lists that may be cut short, so that a record stays small.
 *
 *	struct json_cut_list l = json_cut_begin(w, CUT_PARTS, KEY("parts"));
 *
 *	for (i = 0; i < n && json_cut_goes_on(w, &l); i++)
 *		... write an element
 *	json_cut_end(w, &l);
 *
 * An element that does not fit any more is taken back, and with it ends the
 * list. What is cut is named in the record's "truncated". Lists may stand in
 * elements of lists: each pays for itself.
 */
#ifndef JSON_CUT_H
#define JSON_CUT_H

#include "json_records.h"

struct json_cut_list { enum json_cut kind; slice name; size_t begin, start, inner_before, inner; };

struct json_cut_list json_cut_begin(struct json_records *, enum json_cut, slice key);
bool json_cut_goes_on(struct json_records *, struct json_cut_list *);
void json_cut_end(struct json_records *, struct json_cut_list *);

#endif

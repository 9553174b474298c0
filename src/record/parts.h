/*
 * parts.h - the parts of one message while their events come.
 *
 * All that is kept lies in the arena of a keeper, which lives as long. What
 * does not fit is not there, and the keeper says so; the counts are of all.
 *
 * A part's number is its place in the list: where parts are missing from the
 * list, they are the last ones.
 */
#ifndef PARTS_H
#define PARTS_H

#include "keep.h"

struct parts {
	struct kept_list list;		/* of struct rec_part */
	struct kept_list rooms;		/* of each: where its facts and members stand */
	struct kept_list urls, marks;	/* of struct rec_url, and their hashes */
	size_t max;			/* parts kept */
	uint64_t count, attachments, links;	/* all but the unpacked; leaves that are files; links, each once as far as they are kept */
};

void parts_init(struct parts *, size_t max);
void parts_begin(struct parts *, struct keeper *, const struct ev_part_begin *);
void parts_fact(struct parts *, struct keeper *, const struct ev_part_fact *);
void parts_member(struct parts *, struct keeper *, const struct ev_part_member *);
void parts_end(struct parts *, const struct ev_part_end *);
void parts_url(struct parts *, struct keeper *, const struct ev_url *);

const struct rec_part *parts_find(const struct parts *, uint32_t number);	/* NULL: not kept */

/* Is it a file to a person: a leaf that has a name, or that was sent as an attachment? */
bool rec_part_is_attachment(const struct rec_part *);

#endif

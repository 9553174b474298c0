/*
 * list_judge.h - is an item shown? Asked in steps of one record each, because
 * a session may have a hundred thousand messages. Only list*.c include this.
 */
#ifndef LIST_JUDGE_H
#define LIST_JUDGE_H

#include "model/model.h"

enum verdict { VERDICT_NO, VERDICT_YES, VERDICT_LATER };	/* later: take another step */

struct judge {
	const struct filter *filter;	/* or NULL */
	bool only_trouble;
	struct desk *desk;
	uint32_t next;			/* of the item's messages, the one to be asked about */
	uint64_t unread;		/* records that could not be read */
};

bool judge_reads(const struct judge *);		/* does it look at records? */
void judge_begin(struct judge *, const struct model *, uint32_t item);
enum verdict judge_step(struct judge *, const struct model *, uint32_t item);

#endif

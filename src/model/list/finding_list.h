/*
 * finding_list.h - findings in the order in which they are looked at: the
 * worst first, then by time; or put together under their names.
 *
 * It follows the model in slices: what was found since is put in its place, what
 * the model let go leaves. A quarter of a million of them cost a few
 * milliseconds in all.
 */
#ifndef FINDING_LIST_H
#define FINDING_LIST_H

#include "model/model.h"

struct finding_scope {
	uint64_t session;		/* only of this one; 0: of all */
	enum severity least;		/* this or worse */
	bool grouped;			/* under their names, which unfold */
};

/* What stands on a line: a finding, or (grouped) the name of several. */
struct finding_line {
	bool is_name;
	enum finding finding;
	size_t count;			/* of a name: how many */
	bool unfolded;
	uint64_t number;		/* of a finding: 0, 1 … as they came; it keeps it for ever */
	struct model_finding what;	/* of a finding */
};

struct finding_list;

struct finding_list *finding_list_new(struct model *);
void finding_list_free(struct finding_list **);
void finding_list_scope(struct finding_list *, const struct finding_scope *);	/* begins anew if it is another one */
bool finding_list_work(struct finding_list *, nstime until);			/* true: there is more */
size_t finding_list_count(const struct finding_list *);				/* lines */
struct finding_line finding_list_at(const struct finding_list *, size_t line);
/* Names are folded at first. */
void finding_list_unfold(struct finding_list *, enum finding, bool on);
/* Where the finding stands, or its name if that is folded; else the nearest. The line as it was given by finding_list_at(). */
size_t finding_list_find(const struct finding_list *, const struct finding_line *);
size_t finding_list_shown(const struct finding_list *);				/* findings, folded or not */
size_t finding_list_severity(const struct finding_list *, enum severity);	/* of them */
uint64_t finding_list_gone(const struct finding_list *);			/* that the model let go: more than it keeps */

#endif

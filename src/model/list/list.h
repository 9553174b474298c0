/*
 * list.h - items in the order in which a list shows them: of one kind,
 * filtered, sorted, searched.
 *
 * All of it is done in slices, so that nothing ever waits for 200,000 records:
 * list_work() goes on until its time is over. Until then the list shows what
 * it has. What comes in while one looks is filtered and put in its place too.
 *
 * Items are shown when the filter says yes; one of which it is not sure yet is
 * asked about again when its record changes.
 */
#ifndef LIST_H
#define LIST_H

#include "column.h"
#include "model/model.h"

enum list_kind { LIST_SESSIONS, LIST_MESSAGES };	/* sessions and attempts; messages */

struct list;

struct list *list_new(struct model *, enum list_kind);
void list_free(struct list **);
void list_kind(struct list *, enum list_kind);
enum list_kind list_kind_of(const struct list *);
/* The filter is the caller's and lives as long as it is in use; NULL: none. A session is shown if it or one of its messages matches. */
void list_filter(struct list *, const struct filter *, bool only_trouble);
bool list_only_trouble(const struct list *);
/* NULL: as they came. What has no value of the column stands last, whatever the direction. */
void list_sort(struct list *, const struct column *, bool descending);
const struct column *list_sorted_by(const struct list *, bool *descending_r);

/* Goes on with what is to be done until the machine's clock says `until`. True: there is more. */
bool list_work(struct list *, nstime until);
bool list_is_busy(const struct list *);
unsigned list_percent(const struct list *);		/* of the work that is going on */
uint64_t list_unread(const struct list *);		/* items that the filter could not be asked about: they were let go */

size_t   list_count(const struct list *);
uint32_t list_at(const struct list *, size_t);		/* the item */
/* Where the item stands, or the nearest to it that is shown; SIZE_MAX: the list is empty. Of an item of the other kind: its session, or its first message. */
size_t   list_find(const struct list *, uint32_t item);
size_t   list_total(const struct list *);		/* items of its kind, shown or not */

/*
 * The next place from `from` on (not itself) where one of the columns' texts
 * has the words, without regard to case; goes round. Done in list_work();
 * the answer stays until the next search.
 */
enum list_found { LIST_SEARCHING, LIST_FOUND, LIST_FOUND_ROUND, LIST_NOT_FOUND };
void list_search(struct list *, slice words, size_t from, bool backwards, const struct column *const *, size_t ncolumns);
enum list_found list_searched(const struct list *, size_t *at_r);

#endif

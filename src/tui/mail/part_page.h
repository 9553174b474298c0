/*
 * part_page.h - what is chosen in the tree, to be read: text, facts, bytes, or the
 * message as it was sent.
 *
 * Read from the vault in slices, as much as LIMIT_CONTENT_SHOWN. What is
 * missing stands as a line of its own where it is missing.
 */
#ifndef PART_PAGE_H
#define PART_PAGE_H

#include "facts.h"

enum page_how {
	PAGE_READ,		/* as a person wants it */
	PAGE_HEX,
	PAGE_RAW		/* the message's source */
};

struct part_page;

struct part_page *part_page_new(struct app *);
void part_page_free(struct part_page **);
/* The node, and the records that it points into, are valid until the next call. Shown from its beginning. */
void part_page_show(struct part_page *, uint32_t message_item, const struct unit *, const struct node *, enum page_how);
/* The same is shown, but the record was read again: it may say more. */
void part_page_refresh(struct part_page *, const struct unit *, const struct node *);
void part_page_empty(struct part_page *);
bool part_page_work(struct part_page *, nstime until);
void part_page_draw(struct part_page *, struct area);
bool part_page_act(struct part_page *, enum action);
bool part_page_mouse(struct part_page *, const struct mouse *);
bool part_page_search(struct part_page *, slice words, bool backwards);
/* "2 report.pdf · application/pdf · 2,101 bytes"; "hex". Appended. */
void part_page_title(const struct part_page *, struct buf *out);
const char *part_page_mode(const struct part_page *);
void part_page_status(const struct part_page *, struct buf *out);	/* how far it is: "reading 45 %", or where one is in it */
void part_page_text(struct part_page *, struct buf *out);		/* all that it shows, without wrapping */

#endif

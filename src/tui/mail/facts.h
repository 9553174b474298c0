/*
 * facts.h - what is known of a message, a part, a file in an archive, links:
 * lines of names and values in a sheet.
 */
#ifndef FACTS_H
#define FACTS_H

#include "base/when.h"
#include "filter/field.h"
#include "part_tree.h"
#include "tui/widgets/sheet.h"

struct facts_look {
	int width;
	bool open;			/* the message still comes: what is not known is not known yet */
	bool live_links;		/* URLs as they are; else so that no terminal makes links of them */
	struct when when;
};

void facts_of_message(struct sheet *, const struct facts_look *, const struct unit *);
/* head: only what matters where its content, or what is in it, stands below. */
void facts_of_part(struct sheet *, const struct facts_look *, const struct rec_part *, bool head);
void facts_inside(struct sheet *, const struct facts_look *, const struct rec_part *);	/* what it says, and the files in it */
void facts_of_member(struct sheet *, const struct facts_look *, const struct rec_part *, const struct rec_member *);
/* What was found of a file: nothing, or a line each. */
void facts_of_file(struct sheet *, const struct facts_look *, const struct rec_message *, slice file);
void facts_of_links(struct sheet *, const struct facts_look *, const struct rec_message *);

/* "From     Alice <alice@example.org>": a line with a name of so many columns. Long values go on below, indented. */
void facts_line(struct sheet *, const struct facts_look *, const char *name, enum style, slice value);
/* Addresses of a header field, separated by commas. */
void facts_addresses(struct buf *out, const struct rec_address *, size_t n);
/* What became of a recipient: "got it" "put off" "refused"; its reply, as words and as a style. open: the message still comes. */
const char *facts_fate(const struct rec_message *, const struct rec_recipient *, bool open);
void facts_reply(struct buf *out, const struct rec_reply *);
enum style facts_reply_style(int code);
enum style facts_status_style(const struct rec_message *, bool open);
/* "accepted for 1 of 3 recipients · 250 2.0.0 Ok: queued as 4F1D2" */
void facts_status(struct buf *out, const struct rec_message *, bool open);

#endif

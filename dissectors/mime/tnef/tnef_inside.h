/*
 * tnef_inside.h - what the files of tnef.c share: how winmail.dat is taken apart.
 *
 *	tnef.c			the stream of attributes, and the opener
 *	tnef_attribute.c	what each attribute means
 *	tnef_property.c		the same of MAPI's properties, which stand in two of them
 *	tnef_keep.c		what is kept of texts and names, and how files are told
 */
#ifndef MIME_TNEF_INSIDE_H
#define MIME_TNEF_INSIDE_H

#include "base/limits.h"
#include "base/read.h"
#include "dissectors/mime/content/facts.h"
#include "tnef_file.h"
#include "tnef_html.h"
#include "tnef_props.h"
#include "tnef_rtf.h"
#include "tnef_text.h"

enum { TNEF_ATTRIBUTE = 9 };		/* bytes before an attribute's value */

enum tnef_fact {
	TNEF_SUBJECT, TNEF_TOPIC, TNEF_CLASS, TNEF_MESSAGE_ID, TNEF_SENDER_NAME, TNEF_SENDER_ADDRESS, TNEF_DATE_SENT,
	TNEF_FACTS
};

struct tnef {
	struct facts facts;
	uint8_t state;
	bool broken;
	uint8_t head[TNEF_ATTRIBUTE];	/* of the number that is being read */
	uint8_t nhead;
	const struct tnef_attribute *attribute;	/* being read; NULL: of no interest */
	uint32_t tag, left;
	uint16_t sum;
	struct buf value;		/* of a small attribute or property */
	struct buf text;		/* the same in UTF-8 */
	uint32_t codepage;		/* of texts that are not Unicode; 0: not told */
	struct buf fact[TNEF_FACTS];	/* told at the end: one may stand in an attribute and, better, in a property */
	unsigned files;
	struct tnef_file attachment, body;
	struct tnef_props props;
	const struct tnef_property *property;	/* being read; NULL: of no interest */
	struct tnef_prop prop;
	uint32_t guid_left;		/* before the content of an object */
	struct tnef_rtf rtf;
	struct buf rtf_head;		/* of the RTF, until it shows what is wrapped in it */
	bool rtf_begun;
	struct tnef_html html;		/* what is wrapped in it */
};

/* `bytes` and `end` may be NULL. */
struct tnef_attribute {
	uint32_t tag;
	const char *name;
	void (*begin)(struct tnef *);
	void (*bytes)(struct tnef *, slice);
	void (*end)(struct tnef *);
};

/* tnef_attribute.c */
const struct tnef_attribute *tnef_attribute_find(uint32_t tag);		/* or NULL */

/* tnef_property.c: an attribute's value is a list of them. */
void tnef_begin_props(struct tnef *);
void tnef_props_bytes(struct tnef *, slice);
void tnef_end_props(struct tnef *);		/* of the message; or the part ends, and cuts one */
void tnef_end_attachment(struct tnef *);	/* of an attachment */

/* tnef_keep.c */
/* In UTF-8, without the NUL that ends it. Valid until the next one. */
slice tnef_text_of(struct tnef *, slice value, bool unicode);
void tnef_keep(struct tnef *, enum tnef_fact, slice value);
void tnef_keep_time(struct tnef *, enum tnef_fact, nstime);
void tnef_begin_value(struct tnef *);		/* a small value, kept whole */
void tnef_value_bytes(struct tnef *, slice);
slice tnef_value_text(struct tnef *);
void tnef_keep_name(struct tnef *, struct buf *name);		/* the value, as one of the attachment's names */
void tnef_end_title(struct tnef *);
void tnef_end_file(struct tnef *, struct tnef_file *);
void tnef_begin_body(struct tnef *, const char *type, slice charset, uint64_t size, unsigned terminator);
void tnef_body_bytes(struct tnef *, slice);
void tnef_end_body(struct tnef *);
void tnef_begin_content(struct tnef *, uint32_t size);		/* of the attachment */
void tnef_content_bytes(struct tnef *, slice);
void tnef_end_content(struct tnef *);

#endif

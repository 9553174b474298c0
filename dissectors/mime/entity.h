/*
 * entity.h - what a part's header says of its content (RFC 2045, RFC 2183).
 *
 * Of a field that stands there twice the first counts. What is missing, or is
 * no type at all, is what RFC 2045 5.2 takes for granted.
 */
#ifndef MIME_ENTITY_H
#define MIME_ENTITY_H

#include "dissectors/mime/encoding/cte.h"
#include "dissectors/mime/header/header.h"
#include "dissectors/mime/text/text.h"

enum entity_kind {
	ENTITY_LEAF,
	ENTITY_MULTIPART,
	ENTITY_MESSAGE,			/* message/rfc822 or message/global */
	ENTITY_ELSEWHERE		/* message/partial or message/external-body: a leaf, but not all of it */
};

/* All zero but for entity_init(); kept from one part to the next, so that its memory is. */
struct entity {
	struct buf type, charset, encoding, disposition, filename, id, description, boundary;
	struct buf short_name;		/* of a file name over LIMIT_FILE_NAME */
	enum entity_kind kind;
	enum cte cte;
	bool declared;			/* the type was */
	bool has_type, has_encoding, has_disposition, has_filename, has_id, has_description, has_boundary;
	bool named_by_type;		/* the file name is Content-Type's */
	enum text_flow flow;		/* format=flowed, delsp=yes (RFC 3676) */
	bool digest;			/* multipart/digest: its parts are messages if they do not say what they are (RFC 2046 5.1.5) */
	bool doubtful;			/* readers disagree what the boundary is, or which field says it */
};

void  entity_init(struct entity *);
void  entity_fini(struct entity *);
void  entity_clear(struct entity *);
/* A field in order. decoded: unfolded, RFC 2047 undone. */
void  entity_field(struct entity *, const struct header_field *, slice decoded);
/* The header is over. in_digest: it stands in a multipart/digest. */
void  entity_settle(struct entity *, bool in_digest);
slice entity_filename(const struct entity *);		/* at most LIMIT_FILE_NAME: a longer one lacks its middle; or SLICE_NONE */
slice entity_text(bool has, const struct buf *);	/* SLICE_NONE, or a text that may be empty */
size_t entity_memory(const struct entity *);

#endif

/*
 * address.h - address lists of header fields (RFC 5322 3.4, 4.4).
 *
 * Read as people's mail programs read them: groups, comments anywhere, quoted
 * strings, source routes, "a@b (Name)", UTF-8 (RFC 6532), blanks around dots
 * and "@". What is broken costs as little as it can: a missing comma, ">",
 * closing quote or parenthesis, brackets twice.
 */
#ifndef MIME_ADDRESS_H
#define MIME_ADDRESS_H

#include "base/buf.h"

struct mailbox {
	slice name;		/* display name: quotes and comments undone, encoded words NOT yet; without one the last comment; empty if none */
	slice address;		/* local@domain, comments and blanks removed, no brackets, no source route; a lone word has no "@" */
	slice group;		/* the name of the group it stands in, or empty */
	bool group_only;	/* a group without members: only `group` is set */
};

/*
 * Calls back for each mailbox of the unfolded value, in order. Slices are valid inside the call.
 * Linear in the input; comments nest to any depth.
 */
void address_parse(slice unfolded, void (*each)(void *self, const struct mailbox *), void *self);

#endif

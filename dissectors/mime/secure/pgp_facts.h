/*
 * pgp_facts.h - what a packet of OpenPGP says in clear: for whom a message is
 * encrypted, who is named as signer, when, which key it is.
 */
#ifndef MIME_PGP_FACTS_H
#define MIME_PGP_FACTS_H

#include "dissectors/mime/content/facts.h"
#include "pgp_packet.h"

/* group: of this packet. False: nothing was told. */
bool pgp_facts_tell(struct facts *, unsigned group, const struct pgp_packet *);
/* What a stream is that begins with such a packet: "encrypted message"; or NULL. */
const char *pgp_facts_kind(enum pgp_tag);

#endif

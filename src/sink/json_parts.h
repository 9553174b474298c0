/*
 * json_parts.h - what a message's header and body say beyond the envelope,
 * as keys of its record.
 */
#ifndef JSON_PARTS_H
#define JSON_PARTS_H

#include "json_records.h"

void json_received(struct json_records *, const struct rec_message *);
void json_references(struct json_records *, const struct rec_message *);
void json_parts(struct json_records *, const struct rec_message *);
void json_urls(struct json_records *, const struct rec_message *);
/* Those that were asked for: output_options.digests. */
void json_digests(struct json *, uint32_t asked, const uint8_t *sha256, const uint8_t *sha1, const uint8_t *md5);	/* NULL: not known */

#endif

/*
 * get.h - how values are found in records: the functions behind the table of
 * field.c. Nobody else includes this.
 */
#ifndef FILTER_GET_H
#define FILTER_GET_H

#include "field.h"

/* field.at of addresses and ports: which ends, of which family. */
enum { SIDE_CLIENT = 1, SIDE_SERVER = 2, SIDE_BOTH = 3, SIDE_V4 = 4, SIDE_V6 = 8 };

/* field.at of addresses of the header: which list, which piece; without one, all as people write it. */
enum { LIST_FROM, LIST_TO, LIST_CC, LIST_REPLY_TO, LISTS, PIECE_ADDRESS = 16, PIECE_NAME = 32 };

typedef bool field_getter(const struct field *, const struct place *, size_t k, struct value *value_r);

field_getter get_text, get_word, get_chars, get_count, get_code, get_flag, get_time, get_addr, get_port,
    get_ip, get_tcp, get_smtp, get_lmtp, get_vlan, get_frame_time, get_duration, get_close, get_complete,
    get_missing, get_capability, get_proxy_client, get_helo, get_tls, get_size, get_whole, get_status,
    get_reading, get_index, get_message_duration, get_content, get_mime, get_message_sha256,
    get_message_sha1, get_message_md5, get_mail_parameter, get_rcpt_parameter, get_reference, get_header,
    get_mailbox, get_rcpt_status, get_answer, get_part_kind, get_part_size, get_part_whole, get_part_sha256,
    get_part_sha1, get_part_md5, get_part_member, get_part_encrypted, get_part_fact, get_finding_id,
    get_finding_severity, get_packet, get_finding_text, get_outcome, get_attempts, get_attempt, get_element;

/* The words that some fields are limited to; NULL behind the last. */
typedef const char *field_words(size_t i);

field_words status_word, finding_word, kind_word, outcome_word, stage_word, transfer_word, reading_word,
    rcpt_status_word, close_word, complete_word, protocol_word;

#endif

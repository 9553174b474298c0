/*
 * put.h - frames as the bytes of a capture: pcap and pcapng, in this machine's
 * byte order (both formats say which one it is).
 *
 * Frames stand as they were captured, snapped lengths and all. Neither format
 * holds times before 1970, pcap none after 2106: what lies outside is written
 * as the nearest that can be.
 */
#ifndef PUT_H
#define PUT_H

#include "base/buf.h"
#include "source.h"

/* What the frames of a pcap, or of one interface of a pcapng, have in common. */
struct put_kind { int linktype; unsigned fcs; bool nanoseconds; };

struct put_kind put_kind_of(const struct frame *);
bool put_kind_eq(const struct put_kind *, const struct put_kind *);

enum { PUT_PCAP_HEADER = 24, PUT_PCAP_RECORD = 16 };

void put_pcap(struct buf *, const struct put_kind *);
void put_pcap_frame(struct buf *, const struct frame *, bool nanoseconds);
/* What put_pcap_frame() made of a frame of this kind; record has PUT_PCAP_RECORD bytes, and the frame's own follow it. */
struct frame put_pcap_read(const uint8_t *record, const struct put_kind *);

void put_pcapng(struct buf *);
/* name: of a network interface, or NULL. */
void put_pcapng_interface(struct buf *, const struct put_kind *, const char *name);
void put_pcapng_frame(struct buf *, const struct frame *, uint32_t interface, bool nanoseconds);
/* What was dropped so far, by the interface and by the system behind it. */
void put_pcapng_drops(struct buf *, uint32_t interface, bool nanoseconds, nstime now, uint64_t by_interface, uint64_t by_system);
void put_pcapng_secrets(struct buf *, slice key_log_lines);

#endif

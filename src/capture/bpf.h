/*
 * bpf.h - capture filters: pcap-filter(7) by libpcap, compiled once for each
 * link type. Names are never resolved.
 */
#ifndef CAPTURE_BPF_H
#define CAPTURE_BPF_H

#include "base/slice.h"

struct bpf;

/* NULL: not a filter; error_r (size bytes) says why, in one line. Checked against Ethernet; link types are compiled as they come. */
struct bpf *bpf_new(const char *expression, char *error_r, size_t size);
void bpf_free(struct bpf **);
bool bpf_match(struct bpf *, int linktype, slice bytes, size_t wire);	/* a link type that the filter cannot be compiled for matches nothing */
const char *bpf_linktype_name(int linktype);	/* "EN10MB", or "unknown" */
const char *bpf_library(void);			/* "libpcap version …" */

#endif

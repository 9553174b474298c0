/*
 * filter.h - the capture filter that is made from the mail ports.
 *
 * pcap-filter's words cannot say it: there `vlan`, `mpls` and `pppoes` move
 * everything that stands behind them, so that each way in needs a program of
 * its own. What is made here is one classic BPF program that walks a frame as
 * decode does, through tags, labels, PPP and tunnels, to the ports: of TCP,
 * and of the TCP that an ICMP error speaks of. What it cannot know it lets
 * through: later fragments, and more tags, labels or headers than it counts.
 *
 * BUGS: a frame cut before its ports matches nothing, nor does a tunnel over
 * UDP whose datagrams are in fragments.
 */
#ifndef LIVE_FILTER_H
#define LIVE_FILTER_H

#include <pcap/pcap.h>

#include "base/limits.h"
#include "base/slice.h"

struct port_filter {
	struct bpf_insn insn[LIMIT_PORT_FILTER];
	unsigned n;
};

/*
 * For frames of a link type of pcap-linktype(7); without ports every TCP
 * segment matches. What matches is cut at snaplen. False: no program for such
 * frames.
 */
bool port_filter_make(struct port_filter *, int linktype, const uint16_t *port, size_t nport, uint32_t snaplen);

#endif

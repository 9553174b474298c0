/*
 * bpf_words.h - which words a capture filter may hold, so that no name ever
 * reaches a resolver.
 *
 * libpcap asks the system (DNS, /etc/hosts, /etc/ethers, /etc/services) about
 * every word that it does not know. So every word must be one of
 * pcap-filter(7), a number, or an address; names of mail services (and a few
 * others) after `port` become their numbers here, without asking anybody.
 * Refused are words that might be asked about, even if they would not.
 */
#ifndef BPF_WORDS_H
#define BPF_WORDS_H

#include "base/buf.h"

/* Writes the expression with service names replaced. false: a word would have been resolved; why (or NULL) says which. */
bool bpf_words(slice expression, struct buf *out, struct buf *why);

#endif

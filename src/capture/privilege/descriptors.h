/*
 * descriptors.h - the descriptors that this process has.
 */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include <stdbool.h>

/* In order. `look` may close the one that it is told of. Without /proc those below LIMIT_DESCRIPTORS, open or not. */
void descriptors_each(void (*look)(void *self, int fd), void *self);
bool descriptor_is_packets(int fd);		/* a packet socket, packet(7) */

#endif

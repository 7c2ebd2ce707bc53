// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Entries of the systemd journal, in its own protocol: a text for people in MESSAGE, and fields
// that journalctl selects by. libsystemd is behind it.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace authzd {

/// Sends one entry: "FIELD=value" texts, in which a value may contain line breaks. Returns 0, or a
/// negative errno.
using JournalSend = std::function<int(std::span<const std::string>)>;

/// Sends by sd_journal_sendv. On a host without a journal every entry is dropped, with result 0.
JournalSend send_to_journal();

/// Whether this host has a journal.
bool has_journal();

/// Whether the descriptor is the one that systemd connected to the journal. `stream` is the value
/// of $JOURNAL_STREAM, "DEVICE:INODE"; an inherited value whose descriptor was redirected does not
/// fit.
bool is_connected_to_journal(int descriptor, std::string_view stream);

/// "AUTHZD_" and the name in capitals, as a field name: any other character than a letter or a
/// digit becomes '_', and a capital in the middle of a name begins a new word: "dryRun" is
/// AUTHZD_DRY_RUN.
std::string journal_field_name(std::string_view name);

}  // namespace authzd

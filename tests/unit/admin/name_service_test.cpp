// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/name_service.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace authzd {
namespace {

struct Entry {
  const char* text = nullptr;
};

/// As in a look-up by NSS of an entry of that size: it has to fit into the buffer.
std::optional<std::string> read_one_of(std::size_t size) {
  const auto look_up = [size](Entry* entry, char* buffer, std::size_t room, Entry** found) {
    if (size > room) return ERANGE;
    std::fill_n(buffer, size - 1, 'x');
    entry->text = buffer;
    *found = entry;
    return 0;
  };
  return read_entry<Entry>(look_up, [](const Entry& entry) { return std::string(entry.text); });
}

TEST(NameService, ReadsAnEntryOfAnySizeThatAGroupMayHave) {
  for (const std::size_t size : {2UL, 4096UL, 4097UL, 1'000'000UL, kLargestEntry}) {
    const auto text = read_one_of(size);
    ASSERT_TRUE(text) << size;
    EXPECT_EQ(*text, std::string(size - 1, 'x'));
  }
}

TEST(NameService, GivesUpOnAnEntryWithoutEnd) {
  EXPECT_EQ(read_one_of(kLargestEntry + 1), std::nullopt);
}

TEST(NameService, ReadsNothingWhereThereIsNoEntry) {
  const auto absent = [](Entry*, char*, std::size_t, Entry**) { return 0; };
  const auto broken = [](Entry* entry, char*, std::size_t, Entry** found) {
    *found = entry;
    return EIO;
  };
  const auto take = [](const Entry&) { return true; };

  EXPECT_EQ(read_entry<Entry>(absent, take), std::nullopt);
  EXPECT_EQ(read_entry<Entry>(broken, take), std::nullopt);
}

}  // namespace
}  // namespace authzd

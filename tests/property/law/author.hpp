// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The author of the commits: turns the commit steps of a story into documents.
#pragma once

#include "tests/property/law/documents.hpp"
#include "tests/property/law/story.hpp"

#include <string>

namespace authzd::test {

class Author {
 public:
  /// What was done, in words; empty: the step did not apply. `now` is the true time, the base of
  /// ends.
  std::string take(const Step& step, Timestamp now);

  [[nodiscard]] const Documents& documents() const { return documents_; }

 private:
  std::string write(const Step& step);
  std::string rename(const Step& step);
  std::string remove_all();
  std::string set_all(const Step& step, Timestamp now);
  std::string change(const Step& step, Timestamp now);
  void put(const std::string& name, Document document);

  Documents documents_;
};

}  // namespace authzd::test

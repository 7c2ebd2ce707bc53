// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/http_body.hpp"

#include "daemon/net/http_grammar.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace authzd {

BodyReader::BodyReader(Framing framing, ParseLimits limits)
    : framing_(framing), limits_(limits), part_(Part::data), left_(framing.length) {
  if (framing.end == BodyEnd::by_chunks) part_ = Part::size_line;
  if (framing.end == BodyEnd::by_close) left_ = std::numeric_limits<std::uint64_t>::max();
  const bool is_empty = framing.end == BodyEnd::by_length && framing.length == 0;
  if (framing.end == BodyEnd::no_body || is_empty) part_ = Part::done;
}

Result<bool> BodyReader::feed(std::string& input) {
  if (framing_.end == BodyEnd::by_length) {
    if (auto fits = check_room(left_); !fits) return std::move(fits).error();
  }
  std::string_view rest = input;
  while (part_ != Part::done) {
    const std::size_t before = rest.size();
    if (auto stepped = step(rest); !stepped) return std::move(stepped).error();
    if (rest.size() == before) break;
  }
  input.erase(0, input.size() - rest.size());
  return part_ == Part::done;
}

bool BodyReader::end() {
  if (framing_.end == BodyEnd::by_close) part_ = Part::done;
  return part_ == Part::done;
}

/// Consumes one line, or the available data; nothing if more is needed first.
Result<void> BodyReader::step(std::string_view& rest) {
  if (part_ == Part::data) {
    if (framing_.end == BodyEnd::by_close) {
      if (auto fits = check_room(rest.size()); !fits) return fits;
    }
    take_data(rest);
    return {};
  }
  constexpr std::string_view kLineEnd = "\r\n";
  const auto end = rest.find(kLineEnd);
  // If its end has not arrived yet, a last CR may be the first half of it.
  const bool is_whole = end != std::string_view::npos;
  const std::size_t size = is_whole ? end : rest.size() - (rest.ends_with('\r') ? 1 : 0);
  if (between_ + size > limits_.max_header) {
    return malformed("there is too much between its chunks");
  }
  if (!is_whole) return {};
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end + kLineEnd.size());
  return take_line(line);
}

Result<void> BodyReader::take_line(std::string_view line) {
  if (part_ == Part::size_line) return begin_chunk(line);
  if (part_ == Part::line_after_data) {
    if (!line.empty()) return malformed("a chunk is longer than it says");
    part_ = Part::size_line;
    return {};
  }
  if (line.empty()) {
    part_ = Part::done;
    return {};
  }
  between_ += line.size();
  if (!is_field_line(line)) return malformed("a trailer field is malformed");
  return {};
}

Result<void> BodyReader::begin_chunk(std::string_view line) {
  const auto digits = line.substr(0, line.find(';'));
  const auto extension = line.substr(digits.size());
  constexpr std::size_t kMostDigits = 16;  // which always fit
  const char* const end = digits.data() + digits.size();
  const auto [stop, ec] = std::from_chars(digits.data(), end, left_, 16);
  if (ec != std::errc() || stop != end || digits.size() > kMostDigits) {
    return malformed("the size of a chunk is not a number");
  }
  if (!is_chunk_extension(extension)) return malformed("the extension of a chunk is malformed");
  between_ += extension.size();
  part_ = left_ == 0 ? Part::trailer : Part::data;
  return check_room(left_);
}

void BodyReader::take_data(std::string_view& rest) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, rest.size()));
  body_.append(rest.substr(0, size));
  rest.remove_prefix(size);
  left_ -= size;
  if (left_ > 0) return;
  part_ = framing_.end == BodyEnd::by_chunks ? Part::line_after_data : Part::done;
}

Result<void> BodyReader::check_room(std::uint64_t more) const {
  if (more <= limits_.max_body - body_.size()) return {};
  return refused(413,
                 "its body is over the limit of " + std::to_string(limits_.max_body) + " bytes");
}

}  // namespace authzd

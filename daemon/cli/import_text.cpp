// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/import_text.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/import/terraform_handover.hpp"

#include <algorithm>
#include <array>

namespace authzd {
namespace {

constexpr std::size_t kMostLines = 100;  // lines of one kind

std::string bullets(const std::vector<std::string>& lines) {
  std::string out;
  const std::size_t shown = std::min(lines.size(), kMostLines);
  for (std::size_t i = 0; i < shown; ++i) out += "  " + lines[i] + "\n";
  if (lines.size() > shown) out += "  … and " + std::to_string(lines.size() - shown) + " more\n";
  return out;
}

std::string counts(const ImportReport& report) {
  const TerraformImport& made = report.made;
  if (made.policies == 0) return "No authorization of Terraform's state needs a new manifest.\n";
  std::string out =
      count_of(made.policies, "authorization", "authorizations") + " of Terraform's state ";
  out += made.policies == 1 ? "is now a manifest" : "are now manifests";
  if (report.folder) {
    out += " in " + printable(*report.folder) + " (" +
           count_of(made.manifests.size(), "file", "files") + ")";
  }
  out += made.account.empty()
             ? "; the state does not name the account, so each source's account is written out.\n"
             : ", for account " + printable(made.account.value) + ".\n";
  if (report.state.deposed > 0) {
    out += count_of(report.state.deposed, "object", "objects") +
           " that Terraform is about to delete are left to it.\n";
  }
  return out;
}

std::string leftovers(const TerraformImport& made) {
  std::string out;
  if (!made.kept.empty())
    out += "\nStays with Terraform, without a manifest:\n" + bullets(made.kept);
  if (!made.managed.empty()) {
    std::vector<std::string> shown;
    for (const std::string& address : made.managed) shown.push_back(printable(address));
    out +=
        "\nManaged by authzd already, so no manifest is written; Terraform has to forget them:\n" +
        bullets(shown);
  }
  return out;
}

std::string switches(const ImportReport& report) {
  const auto found = skip_switches(report.state.policies);
  if (found.empty()) return {};
  std::vector<std::string> lines;
  for (const SkipSwitch& one : found) {
    lines.push_back(one.resource + ": " +
                    (one.variables.empty() ? "no variable is known" : join(one.variables, " or ")));
  }
  return "\nIn modules. So that a module does not make its authorization again, set the variable "
         "that\n"
         "skips it. A state does not say where a module comes from: these are the variables of "
         "IBM's\n"
         "public modules (terraform-ibm-modules) with such a resource; their solutions and "
         "wrappers\n"
         "may pass them on under another name. Look for skip_*auth* in the module's variables.\n" +
         bullets(lines);
}

std::string plan_options(const ImportReport& report) {
  const std::string account =
      report.made.account.empty() ? "ACCOUNT-ID" : report.made.account.value;
  const std::string folder = report.folder ? shell_word(*report.folder) : "DIR";
  return " --account " + shell_word(account) + " --manifests " + folder + " --owner " +
         shell_word(report.owner.value_or("OWNER")) + " --mode upsert-only --adopt identical";
}

std::string next_steps(const ImportReport& report) {
  const std::string options = plan_options(report);
  std::string out = "\nNext, while nobody applies in Terraform:\n";
  out += "  authzd plan" + options + "\n";
  out += "    # " + std::to_string(report.made.policies) +
         " to update, each adopted by its id, and nothing else\n";
  out += "  authzd apply" + options + "\n";
  if (!report.folder) {
    return out + "  # with --to DIR, removed.tf is written, too, by which Terraform forgets them\n";
  }
  if (!report.made.removed.empty()) {
    out += "  # then delete the resource blocks in Terraform, and put " +
           shell_word(*report.folder + "/removed.tf") + " beside the configuration:\n";
    out += "  terraform plan    # \"0 to destroy\"; then: terraform apply\n";
  }
  if (!report.made.forget.empty()) {
    out +=
        "  # what lies in a module that you do not change: forget it first, then set its "
        "variable\n";
    std::vector<std::string> commands;
    for (const std::string& address : report.made.forget) {
      commands.push_back("terraform state rm " + shell_word(address));
    }
    out += bullets(commands);
  }
  return out;
}

}  // namespace

std::string refusal_text(const ImportReport& report) {
  if (report.state.policies.empty()) {
    return "authzd: the state has no ibm_iam_authorization_policy; nothing is written\n";
  }
  return "authzd: it is unclear who owns what; nothing is written:\n" +
         bullets(report.made.refusals);
}

std::string report_text(const ImportReport& report) {
  std::string out = counts(report) + leftovers(report.made);
  if (report.made.removed.empty()) return out;
  out += switches(report);
  return report.made.policies == 0 ? out : out + next_steps(report);
}

std::string twins_text(const Twins& twins) {
  std::string out = "authzd: " + count_of(twins.written, "grant", "grants") + " to kms written, " +
                    std::to_string(twins.to_complete) + " to be completed (comments)\n";
  for (const std::string& note : twins.notes) out += "authzd: " + note + "\n";
  if (twins.written + twins.to_complete > 0) {
    out +=
        "authzd: a twin is needed in the account of the instance of Key Protect, before keys are\n"
        "moved; the grant to hs-crypto goes only when none of its keys is in use any more.\n";
  }
  if (!twins.ends.empty()) {
    out +=
        "authzd: to announce the end of the old ones, add this to their manifests (rails.window\n"
        "before the end at least, and once the migration shows no association any more):\n" +
        twins.ends;
  }
  return out;
}

std::string exported_text(const std::string& account,
                          const Export& exported,
                          std::size_t unreadable) {
  std::vector<std::string> left_out;
  if (exported.skipped > 0) {
    left_out.push_back(std::to_string(exported.skipped) +
                       " left out (comments in the output say why)");
  }
  if (unreadable > 0) {
    left_out.push_back(std::to_string(unreadable) + " left out that cannot be read");
  }
  return "authzd: " + (account.empty() ? "" : "account " + printable(account) + ": ") +
         count_of(exported.exported, "policy", "policies") + " exported, " +
         (left_out.empty() ? "none left out" : join(left_out, ", ")) + "\n";
}

}  // namespace authzd

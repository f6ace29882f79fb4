-- Types a mistake, sees it, applies the fix, renames and saves. Anything unexpected ends with an error.
local function fail(what)
  io.stderr:write('FAILED: ' .. what .. '\n')
  vim.cmd('cquit 1')
end

local function wait_for(what, condition)
  if not vim.wait(60000, condition, 20) then
    fail('waited for ' .. what)
  end
end

local ok, problem = pcall(function()
  wait_for('the server', function()
    local clients = (vim.lsp.get_clients or vim.lsp.get_active_clients)()
    return #clients == 1 and clients[1].initialized
  end)

  -- A mistake is typed.
  vim.api.nvim_win_set_cursor(0, { 6, 0 })
  vim.cmd([[substitute/"in"/"endsWit"/]])
  wait_for('the mistake', function() return #vim.diagnostic.get(0) == 1 end)
  local found = vim.diagnostic.get(0)[1]
  io.stderr:write(found.message .. '\n')

  -- The fix is applied.
  local params = vim.lsp.util.make_range_params(0, 'utf-16')
  params.range = {
    start = { line = found.lnum, character = found.col },
    ['end'] = { line = found.lnum, character = found.end_col },
  }
  params.context = { diagnostics = {} }
  local answers = vim.lsp.buf_request_sync(0, 'textDocument/codeAction', params, 60000)
  local _, answer = next(answers)
  vim.lsp.util.apply_workspace_edit(answer.result[1].edit, 'utf-16')
  wait_for('nothing to be wrong', function() return #vim.diagnostic.get(0) == 0 end)

  -- A segment gets another name.
  vim.api.nvim_win_set_cursor(0, { 4, 11 })
  vim.lsp.buf.rename('team')
  wait_for('the new name', function()
    return vim.api.nvim_buf_get_lines(0, 3, 4, true)[1] == '[segments.team]'
  end)
  vim.cmd('write')
end)
if not ok then
  fail(tostring(problem))
end
vim.cmd('qall!')

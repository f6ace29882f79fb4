-- Neovim with `cargo segments lsp`: `:luafile` this, or put it into `plugin/` of your configuration.
--
-- `vim.g.segments_command` names another command.

local function root_of(path)
  local folder = vim.fn.fnamemodify(path, ':p:h')
  local manifest = vim.fn.findfile('Cargo.toml', folder .. ';')
  return manifest ~= '' and vim.fn.fnamemodify(manifest, ':p:h') or folder
end

-- rust-analyzer does not look at a file that a macro includes: it is asked to check the crates again.
local function included(_, told)
  local clients = (vim.lsp.get_clients or vim.lsp.get_active_clients)()
  for _, client in ipairs(clients) do
    if client.name == 'rust_analyzer' or client.name == 'rust-analyzer' then
      for _, file in ipairs(told.files) do
        client.notify('rust-analyzer/runFlycheck', { textDocument = { uri = file } })
      end
    end
  end
end

local function attach(buffer)
  local capabilities = vim.lsp.protocol.make_client_capabilities()
  capabilities.experimental = { segments = { includes = true } }
  local root = root_of(vim.api.nvim_buf_get_name(buffer))
  local config = {
    name = 'segments',
    cmd = vim.g.segments_command or { 'cargo-segments', 'lsp' },
    root_dir = root,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = root } },
    capabilities = capabilities,
    handlers = { ['segments/included'] = included },
  }
  if vim.lsp.start then
    vim.lsp.start(config, { bufnr = buffer })
  else
    local client = vim.lsp.start_client(config)
    if client then
      vim.lsp.buf_attach_client(buffer, client)
    end
  end
end

vim.api.nvim_create_autocmd({ 'BufReadPost', 'BufNewFile' }, {
  pattern = { 'segments.toml', '*.segments.toml' },
  callback = function(event) attach(event.buf) end,
})
